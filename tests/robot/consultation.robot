*** Settings ***
Documentation     A question reaches the department that it is for, and no other.
Resource          zhinan.resource
Test Teardown     Close All Browsers

*** Test Cases ***
咨询只送到所选的部门
    打开网站    /zixun
    Input Text    name:form.widgets.sender_name    钱女士
    Input Text    name:form.widgets.sender_phone    12
    Input Text    name:form.widgets.question    备案后项目名称能不能改？
    Select From List By Value    css:select[name="form.widgets.department:list"]    fgw
    Click Element    name:form.buttons.submit
    Wait Until Page Contains    电话号码不对
    Textarea Value Should Be    name:form.widgets.question    备案后项目名称能不能改？
    Input Text    name:form.widgets.sender_phone    0937-0002199
    Click Element    name:form.buttons.submit
    Wait Until Page Contains    咨询已提交
    登录    fagaiwei
    Go To    ${SITE}/@@enquiries
    Click Element    css:main a[href*="/enquiries/"]
    Wait Until Page Contains    备案后项目名称能不能改
    Page Should Contain    0937-0002199
    ${address}=    Get Location
    退出登录
    登录    zwfuwu
    Go To    ${SITE}/@@enquiries
    Page Should Not Contain    备案后项目名称能不能改
    Go To    ${address}
    Page Should Not Contain    0937-0002199
