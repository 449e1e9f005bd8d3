*** Settings ***
Documentation     One guide through the functions of its department, and before the eyes of
...               those who have other functions, or functions elsewhere.
Resource          zhinan.resource
Test Teardown     Close All Browsers

*** Variables ***
${NAME}           职能测试事项
${SENTENCE}       在本市新建职能测试设施的单位，开工前到这里备案。

*** Test Cases ***
三个人从拟稿到发布，中间退回一次
    打开网站
    登录    fgbianji
    ${draft}=    复制为新指南    ${FILING}    ${NAME}    621002098000
    不能办理    approve
    不能办理    publish
    看不到草稿    ${draft}    ${NAME}
    换人    fgbianji    ${draft}
    办理    submit    comment=请审核
    # The desk shows to each what waits for this person.
    换人    fgshenhe    ${SITE}/@@desk
    Element Should Contain    css:#to_review    ${NAME}
    Click Link    ${NAME}
    不能办理    publish
    打开步骤    return_for_changes
    执行
    Wait Until Element Contains    css:.zn-errors    请写明要改什么
    Select From List By Label    css:[name="p_place:list"]    一句话说明
    Input Text    css:[name="p_text:list"]    说的还是投资项目，请改写
    执行
    Wait Until Element Contains    css:.zn-done-note    已完成
    换人    fgbianji    ${SITE}/@@desk
    Element Should Contain    css:#returned    请改写
    Click Link    ${NAME}
    Element Should Contain    css:.zn-returned    说的还是投资项目，请改写
    Click Element    css:.zn-returned a
    Wait Until Page Contains Element    name:form.buttons.save
    填写    description    ${SENTENCE}
    保存
    Wait Until Location Is    ${draft}
    办理    submit
    Page Should Not Contain Element    css:.zn-returned
    # A reviewer who wrote in it is one of its authors, and does not approve it.
    换人    fgshenhe    ${draft}/edit
    填写    description    ${SENTENCE}当场办结。
    保存
    Wait Until Location Is    ${draft}
    打开步骤    approve
    Element Should Contain    css:.zn-against    您本人起草
    执行
    Wait Until Element Contains    css:.zn-errors    您本人起草
    换人    shenhe    ${draft}
    办理    approve
    换人    fgfabu    ${SITE}/@@desk
    Element Should Contain    css:#to_publish    ${NAME}
    Click Link    ${NAME}
    办理    publish    note=首次发布
    换人    fgbianji    ${draft}
    不能办理    withdraw
    公众打开    ${draft}
    Element Text Should Be    css:h1    ${NAME}
    Element Should Contain    css:.zn-lead    当场办结
    Page Should Not Contain Element    css:.zn-staff
    Go To    ${SITE}/@@search?SearchableText=${NAME}
    Page Should Contain Link    ${NAME}

撤下的指南注明原因和替代指南，误发的不再公开
    打开网站
    登录    fgfabu
    Go To    ${SITE}/guides
    Go To    ${FILING}
    打开步骤    withdraw
    Input Text    name:p_find    ${NAME}
    Click Button    查找
    Wait Until Page Contains Element    name:p_successor
    Click Element    css:[name=p_successor]:not([value=""])
    Input Text    name:p_reason    依据的办法已废止
    执行
    # What takes something from the public is asked twice, and nothing typed is lost.
    Wait Until Page Contains Element    id:known-error
    Textarea Value Should Be    name:p_reason    依据的办法已废止
    Select Checkbox    id:known
    执行
    Wait Until Element Contains    css:.zn-done-note    已完成
    公众打开    ${FILING}
    Element Should Contain    css:.zn-left    依据的办法已废止
    Element Should Contain    css:.zn-left    ${NAME}
    Go To    ${SITE}/@@search?SearchableText=企业投资项目备案
    Page Should Not Contain Element    css:.zn-results a[href$="/guides/621002001000"]
    Go To    ${FILING}
    Click Element    css:.zn-left a
    Element Text Should Be    css:h1    ${NAME}
    ${address}=    Get Location
    换人    fgfuze    ${address}
    办理    retract    reason=审核时弄错了事项
    公众打开    ${address}
    Page Should Not Contain Element    css:.zn-facts
    Page Should Not Contain    弄错了事项
    ${status}=    Execute Javascript
    ...    return performance.getEntriesByType("navigation")[0].responseStatus;
    Should Be Equal As Integers    ${status}    410
    看不到草稿    ${address}    ${NAME}
    # It is kept inside: at the counter they know what people had read.
    换人    chuangkou    ${address}
    Page Should Contain Element    css:.zn-facts
    换人    wlbianji    ${address}
    Page Should Not Contain Element    css:.zn-facts

旁人看不到草稿，督查看得到但不能改
    打开网站
    登录    fgbianji
    ${draft}=    复制为新指南    ${SITE}/guides/620103001000    旁观测试事项    620102097000
    FOR    ${name}    IN    wlbianji    chuangkou    zwfuwu
        退出登录
        登录    ${name}
        看不到    ${draft}    旁观测试事项
    END
    FOR    ${name}    IN    fgshenhe    fgfabu    fgfuze    fagaiwei    ducha
        换人    ${name}    ${draft}
        Element Text Should Be    css:h1    旁观测试事项
        Page Should Not Contain Element    css:.zn-staff a[href$="/edit"]
    END
    换人    ducha    ${draft}
    Go To    ${draft}/edit
    Page Should Not Contain Element    name:form.buttons.save

*** Keywords ***
看不到草稿
    [Arguments]    ${address}    ${name}
    退出登录
    看不到    ${address}    ${name}

看不到
    [Arguments]    ${address}    ${name}
    Go To    ${address}
    Page Should Not Contain    ${name}
    Go To    ${SITE}/@@search?SearchableText=${name}
    Page Should Not Contain Link    ${name}
