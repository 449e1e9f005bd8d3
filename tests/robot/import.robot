*** Settings ***
Documentation     A keeper imports another portal's matters: preview, import, run twice; and exports.
Resource          zhinan.resource
Test Teardown     Close All Browsers

*** Variables ***
${RECORDS}        ${CURDIR}/../exchange/data/guangdong-extract.jsonl
${TEXT}           ${CURDIR}/zhinan.resource

*** Keywords ***
选择文件
    [Arguments]    ${path}
    Go To    ${SITE}/@@import
    ${file}=    Normalize Path    ${path}
    Choose File    id:zn-file    ${file}
    Click Element    css:main button[type=submit]

等待任务结束
    Wait Until Page Contains Element    css:#zn-job[data-ended=yes]    timeout=90

*** Test Cases ***
先预览再导入，再次导入不作改动
    打开网站
    登录    zhanzhang
    Go To    ${SITE}
    Click Element    css:.zn-staff a[href$="@@desk"]
    Click Element    css:main a[href$="@@import"]
    选择文件    ${RECORDS}
    等待任务结束
    Click Element    css:a[href*="@@import-preview"]
    Page Should Contain    还没有写入
    Page Should Contain Element    css:.zn-verdict-new
    Click Element    css:.zn-importnow button
    等待任务结束
    Page Should Contain    已完成
    Page Should Contain Element    css:a[href*="report.xlsx"]
    选择文件    ${RECORDS}
    等待任务结束
    Click Element    css:a[href*="@@import-preview"]
    Page Should Not Contain Element    css:.zn-verdict-new
    Page Should Not Contain Element    css:.zn-verdict-changed

不是数据的文件只给一句话
    打开网站
    登录    zhanzhang
    选择文件    ${TEXT}
    等待任务结束
    Page Should Contain    未能完成
    Page Should Contain Element    css:.zn-errornote

导出包可以下载
    打开网站    width=390    height=844
    登录    zhanzhang
    Go To    ${SITE}/@@export
    不应横向滚动
    Click Element    css:input[value=zip]
    Click Element    css:main button[type=submit]
    等待任务结束
    Page Should Contain Element    css:a[href*=".zip"]
    不应横向滚动

编辑不能导入
    打开网站
    登录    bianji
    Go To    ${SITE}/@@desk
    Page Should Contain Element    css:main a[href$="@@export"]
    Page Should Not Contain Element    css:main a[href$="@@import"]
    Go To    ${SITE}/@@import
    Page Should Not Contain Element    id:zn-file
